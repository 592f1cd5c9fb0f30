"""System calls that a name server never makes, and those that it makes in one way only.

REFUSED names calls that turn a mistake in this process into somebody else's trouble: programs and processes, other
processes' memory, limits and priorities, what files are and whose, mounts, namespaces, code in the kernel, its clock
and keys, other users, memory and queues shared with others, and the interfaces with the longest record of kernel bugs.

What `rules` makes depends on arguments: each row says of which values the kernel takes the call, or does not.
"""

import errno
from collections.abc import Iterable
from dataclasses import dataclass

# name: (number on x86-64, number on 64-bit ARM); 0 is a call that the architecture has not got.
REFUSED = {
    # programs and processes
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, 0),
    "vfork": (58, 0),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "get_robust_list": (274, 100),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "personality": (135, 92),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # what files are, and whose
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "fchown": (93, 55),
    "lchown": (94, 0),
    "fchownat": (260, 54),
    "utime": (132, 0),
    "utimes": (235, 0),
    "futimesat": (261, 0),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "truncate": (76, 45),
    "link": (86, 0),
    "linkat": (265, 37),
    "symlink": (88, 0),
    "symlinkat": (266, 36),
    "mknod": (133, 0),
    "mknodat": (259, 33),
    # what the file system is
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "setns": (308, 268),
    "unshare": (272, 97),
    # what is shared with other processes
    "bind": (49, 200),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # the machine and its kernel
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, 0),
    "ioperm": (173, 0),
    "modify_ldt": (154, 0),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_submit": (209, 2),
    "vmsplice": (278, 75),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "lsm_set_self_attr": (460, 460),
    # being somebody else
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setgroups": (116, 159),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "capset": (126, 91),
}

# These read what they are to do in memory, where a filter cannot look; the C library then takes the older call.
UNSEEN = {"clone3": (435, 435), "openat2": (437, 437)}
# Said to have been done, and not done: all that listens listens by now, and uvicorn's event loop asks once more.
PRETENDED = {"listen": (50, 201)}

# Calls whose arguments decide.
JUDGED = {
    "sendmmsg": (307, 269),
    "sendmsg": (46, 211),
    "sendto": (44, 206),
    "openat": (257, 56),
    "open": (2, 0),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "clone": (56, 220),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "ioprio_set": (251, 30),
}

FASTOPEN = 0x2000_0000  # MSG_FASTOPEN: connect, and send, in one
UNIX, INET, INET6 = 1, 2, 10  # AF_*
STREAM, DATAGRAM, KIND = 1, 2, 0xF  # SOCK_*; the bits of a type that are no flags
TCP, UDP = 6, 17  # IPPROTO_*
ACCESS, WRITING, TRUNCATE = 0o3, (1, 2), 0o1000  # of open(2): O_ACCMODE; O_WRONLY and O_RDWR; O_TRUNC
OWNERS_OF_SIGNALS, LEASE = (8, 10, 15), 1024  # F_SETOWN, F_SETSIG, F_SETOWN_EX; F_SETLEASE
# TCGETS and TCGETS2, TIOCOUTQ, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: looking, and flags of our descriptors.
CONTROLS = (0x5401, 0x802C_542A, 0x5411, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
THREAD = 0x10000  # CLONE_THREAD
NAMESPACES = 0x7E02_0000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
SCHED_IDLE, PROCESS = 5, 0  # a scheduling class; PRIO_PROCESS
IO_PROCESS = 1  # IOPRIO_WHO_PROCESS

ALL_BITS = 0xFFFF_FFFF
Test = tuple[int, int, int]  # half of an argument (`low`, `high`), bits that count, their value


def low(argument: int) -> int:
    """The lower half of an argument, counted from 0; all of one that is an int."""
    return 2 * argument


def high(argument: int) -> int:
    """The upper half: of pointers."""
    return 2 * argument + 1


@dataclass(frozen=True)
class Rule:
    """A call that is taken when one of *cases* holds, each of which is tests that all hold; else it is refused.

    Shape:  without *is_taken* it is the other way round
    """

    cases: tuple[tuple[Test, ...], ...]
    is_taken: bool = True
    why: int = errno.EPERM


def rules(process: int, sockets: Iterable[tuple[int, int]] = ()) -> dict[str, Rule]:
    """A rule for each of JUDGED. *process* is our number; *sockets* are (family, type) of those that are yet made."""
    made = tuple(sockets)
    ours, this_thread = ((low(0), ALL_BITS, process),), ((low(0), ALL_BITS, 0),)
    return {
        "sendmmsg": _never((low(3), FASTOPEN, FASTOPEN)),
        "sendmsg": _never((low(2), FASTOPEN, FASTOPEN)),
        # Whoever sends on a connection names no address.
        "sendto": Rule((((low(3), FASTOPEN, 0), (low(4), ALL_BITS, 0), (high(4), ALL_BITS, 0)),)),
        # Kernels before 6.2 let a file be emptied by whoever may read it.
        "openat": _never((low(2), ACCESS | TRUNCATE, TRUNCATE)),
        "open": _never((low(1), ACCESS | TRUNCATE, TRUNCATE)),
        # A signal may be sent by way of a descriptor.
        "fcntl": Rule(tuple(((low(1), ALL_BITS, which),) for which in (*OWNERS_OF_SIGNALS, LEASE)), is_taken=False),
        "ioctl": Rule(tuple(((low(1), ALL_BITS, which),) for which in CONTROLS)),
        "clone": Rule((((low(0), THREAD | NAMESPACES, THREAD),),)),
        "socket": Rule(tuple(_socket(*one, protocol) for one in made for protocol in _protocols(*one))),
        # Of a pair of datagram sockets each could send to any path.
        "socketpair": Rule((((low(0), ALL_BITS, UNIX), (low(1), KIND, STREAM)),)),
        "connect": Rule(((),) if made else ()),
        "kill": Rule((ours,)),
        "tgkill": Rule((ours,)),
        "rt_sigqueueinfo": Rule((ours,)),
        "rt_tgsigqueueinfo": Rule((ours,)),
        "prlimit64": Rule((this_thread, ours)),
        "setpriority": Rule((((low(0), ALL_BITS, PROCESS), (low(1), ALL_BITS, 0)),)),
        "sched_setscheduler": Rule(((*this_thread, (low(1), ALL_BITS, SCHED_IDLE)),)),
        "sched_setaffinity": Rule((this_thread,)),
        "ioprio_set": Rule((((low(0), ALL_BITS, IO_PROCESS), (low(1), ALL_BITS, 0)),)),
    }


def _never(*tests: Test) -> Rule:
    return Rule((tests,), is_taken=False)


def _socket(family: int, kind: int, protocol: int) -> tuple[Test, ...]:
    return (low(0), ALL_BITS, family), (low(1), KIND, kind), (low(2), ALL_BITS, protocol)


def _protocols(family: int, kind: int) -> tuple[int, ...]:
    """None, or the one by its name: MPTCP, SMC and SCTP are no TCP for landlock."""
    return (0,) if family == UNIX else (0, TCP if kind == STREAM else UDP)
