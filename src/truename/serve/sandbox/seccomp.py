"""A seccomp filter (seccomp(2)): system calls that a name server never makes are refused.

It names what is refused, not what is allowed: the interpreter and its libraries may make any ordinary call, in ways
that change from version to version. What is left out are the calls that turn a mistake in this process into somebody
else's trouble: starting programs and processes, reading other processes, mounting, namespaces, loading code into the
kernel, its clock, its keys, other users, and the interfaces with the longest record of kernel bugs (bpf, io_uring,
perf, userfaultfd, rare socket families).

The kernel remembers which calls the filter always allows (from 5.11 on), so that receiving and sending are not slower.
"""

import errno
import os
import struct
import sys

from truename.serve.sandbox import kernel

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
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "personality": (135, 92),
    # what the file system is
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "mknod": (133, 0),
    "mknodat": (259, 33),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "setns": (308, 268),
    "unshare": (272, 97),
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
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
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
CLONE, CLONE3, SOCKET, SECCOMP = (56, 220), (435, 435), (41, 198), (317, 277)

X86_64 = 0xC000003E  # AUDIT_ARCH_*: a call made the way of another architecture has other numbers
AARCH64 = 0xC00000B7
MACHINES = {"x86_64": (0, X86_64), "aarch64": (1, AARCH64)}
X32_CALLS = 0x4000_0000  # numbers from here on are the same calls once more, on x86-64

CLONE_THREAD = 0x10000
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6

SET_MODE_FILTER = 1
# TSYNC: threads that should not be there yet are restricted all the same. SPEC_ALLOW: no mitigations for code of
# others in this process, of which there is none, so that packets cost before and after the same.
TSYNC, SPEC_ALLOW = 1, 4

LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the low half of the first argument
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000  # REFUSE + errno

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if not, operand


def restrict() -> str:
    """Refuse REFUSED from now on, in all threads. Raises: OSError when there is no seccomp, or no table for it"""
    machine = os.uname().machine
    if machine not in MACHINES or sys.byteorder != "little" or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    column, architecture = MACHINES[machine]
    instructions = filter_for(column, architecture)
    octets = kernel.in_place(b"".join(struct.pack("=HBBI", *one) for one in instructions))
    kernel.syscall(SECCOMP[column], SET_MODE_FILTER, TSYNC | SPEC_ALLOW, kernel.program(octets, len(instructions)))
    return "seccomp"


def filter_for(column: int, architecture: int) -> list[Instruction]:
    """The program. *column* chooses the numbers."""
    refused = [(numbers[column], errno.EPERM) for numbers in REFUSED.values() if numbers[column]]
    # clone3 has its flags in memory, where a filter cannot look; the C library takes clone when there is no clone3.
    refused.append((CLONE3[column], errno.ENOSYS))
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        _refuse(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32_CALLS),
        _refuse(errno.EPERM),
        *(part for number, why in refused for part in ((EQUAL, 0, 1, number), _refuse(why))),
        # A thread may be started, a process not; a process in a namespace of its own is one too.
        (EQUAL, 0, 4, CLONE[column]),
        (LOAD, 0, 0, ARGUMENT),
        (HAS_BITS, 1, 0, CLONE_THREAD),
        _refuse(errno.EPERM),
        (RETURN, 0, 0, ALLOW),
        (EQUAL, 0, 2 + len(FAMILIES), SOCKET[column]),
        (LOAD, 0, 0, ARGUMENT),
        *((EQUAL, len(FAMILIES) - at, 0, family) for at, family in enumerate(FAMILIES)),
        _refuse(errno.EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]


def _refuse(why: int) -> Instruction:
    return (RETURN, 0, 0, REFUSE + why)
