//! Work that gets what the workers leave of the processors.
#![allow(unsafe_code)] // sched_setscheduler has no safe form

use std::panic::resume_unwind;
use std::thread;

/// The name of the threads, as far as the kernel shows names.
const NAME: &str = "search";

/// Does `work` in a thread of the lowest scheduling class, and waits for it.
///
/// Threads that `work` starts are of that class as well. They run where a processor has nothing else to do: on one that
/// is busy they get about a three-hundredth. So `work` may hold no lock that others wait for, nor be the last to let go
/// of something large; what it needs is borrowed from the caller, who is of the ordinary class and stays so. (There is
/// no way back from the lowest class, which is why the caller does not enter it.)
///
/// A kernel that refuses the class, or a thread, has `work` done in the ordinary one.
pub fn when_idle<T: Send>(work: impl Fn() -> T + Sync) -> T {
    let begin = || {
        yield_to_all();
        work()
    };
    thread::scope(|threads| match thread::Builder::new().name(NAME.into()).spawn_scoped(threads, begin) {
        Ok(begun) => begun.join().unwrap_or_else(|panic| resume_unwind(panic)),
        Err(_) => work(),
    })
}

/// Puts this thread into the lowest class. Best effort: it is the same work in any.
fn yield_to_all() {
    let priority = libc::sched_param { sched_priority: 0 };
    // SAFETY: reads a structure that lives until the call is over; 0 is this thread.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const priority) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class() -> i32 {
        // SAFETY: takes no pointer; 0 is this thread.
        unsafe { libc::sched_getscheduler(0) }
    }

    #[test]
    fn the_work_and_its_threads_are_of_the_lowest_class() {
        let own = class();
        let seen = when_idle(|| (class(), thread::spawn(class).join().unwrap()));
        assert_eq!(seen, (libc::SCHED_IDLE, libc::SCHED_IDLE));
        assert_eq!(class(), own);
        assert_ne!(own, libc::SCHED_IDLE);
    }

    #[test]
    fn a_panic_is_the_callers() {
        let caught = std::panic::catch_unwind(|| when_idle(|| -> () { panic!("inside") }));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"inside"));
    }
}
