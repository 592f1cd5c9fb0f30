"""Signals as events for the main thread.

A handler would not do: the kernel may give a signal to any thread, and one that a DNS worker receives does not wake the
main thread out of its wait. Blocked everywhere, the signals stay pending until the thread that listens takes them.
"""

import queue
import signal
import threading

Events = queue.SimpleQueue[tuple[str, object]]

HEARD = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
WAKE = signal.SIGUSR1  # ends the wait of the thread that listens; from outside it means nothing


class Signals:
    """Puts ("signal", number) into *events*. Must be made before any other thread is started."""

    def __init__(self, events: Events) -> None:
        self._events = events
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD | {WAKE})
        self.resume()

    def pause(self) -> None:
        """End the thread; what comes meanwhile stays pending."""
        self._is_paused = True
        signal.pthread_kill(self._thread.ident or 0, WAKE)
        self._thread.join()

    def resume(self) -> None:
        """Listen in a new thread, which has what the caller has by now: its sandbox, above all."""
        self._is_paused = False
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._is_paused:
            number = signal.sigwait(HEARD | {WAKE})
            if number != WAKE:
                self._events.put(("signal", number))
