"""What takes long and so is done beside the page: reading files that were sent or watched, checks, backups.

`jobs` is the queue, in the database beside the library; `spool` holds files until they are read; `worker` does one job
after another in a process of its own, which `keeper` starts and starts again; `watched` makes jobs of a folder's files.
The page and the worker meet in the database only, so either may end at any moment.
"""
