/*
 * sandbox.h - give up what an analysis does not need.
 */
#ifndef TCPCONN_SANDBOX_H
#define TCPCONN_SANDBOX_H

#include <stdbool.h>

/*
 * From now on this process and its threads can read files, write to what is
 * open already, rename and remove files, and start threads; anything else that
 * asks the system for more (a file opened for writing, a socket, a program, a
 * process, code made at run time) fails with EPERM. For good: inputs and
 * outputs are opened before. Where the build or the system has no seccomp, and
 * under valgrind, nothing happens and false is returned.
 */
bool sandbox_enter(void);

#endif
