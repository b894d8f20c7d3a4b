"""The directory as files: reading, writing, index, lock, and overlays in memory."""
