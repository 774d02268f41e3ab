"""File locks that distinguish files in use from those abandoned by a killed run."""


def lock(handle: int) -> bool | None:
    """Lock an open file or folder until it is closed, and return whether it is locked.

    False: another process holds the lock; None: locks are not supported here.
    """
    try:
        import fcntl  # not on every system

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True
