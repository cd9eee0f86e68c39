"""Pages from the web, fetched only when asked for: politely, from public addresses, into WARC files."""
