"""Lists of customers to contact: the only files of the project that name people."""
