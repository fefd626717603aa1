/*
 * status.h - exit status of the program, generated from status.def.
 */
#ifndef TCPCONN_STATUS_H
#define TCPCONN_STATUS_H

enum status {
#define STATUS(id, code, text) STATUS_##id = (code),
#include "program/status.def"
#undef STATUS
};

#endif
