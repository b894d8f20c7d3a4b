"""Replication: every replica of a directory gets every change, nothing edited is lost (replication.md)."""
