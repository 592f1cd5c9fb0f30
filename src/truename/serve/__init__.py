"""The running server, in the order of its life.

sockets -> data_directory -> zones -> (DNS answers) -> http -> ready
                               |
                             watch: files change, SIGHUP, SIGTERM        supervisor holds all of it together
"""
