"""Routing: from documents to each server's table, and from tables to where a message goes."""
