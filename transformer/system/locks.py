"""Locks by which a run tells what another one still uses from what a killed one has left."""


def lock(handle: int) -> bool | None:
    """Lock an open file or folder for as long as it is open, and return whether that is done.

    False: another process holds the lock; None: there are no locks here.
    """
    try:
        import fcntl  # not on every system

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True
