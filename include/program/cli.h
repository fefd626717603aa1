/*
 * cli.h - the program: from the command line to the report and exit status.
 */
#ifndef TCPCONN_CLI_H
#define TCPCONN_CLI_H

#include "program/status.h"

/*
 * Run the program with the arguments of main(). Writes reports to standard
 * output or to the file of --output, messages to standard error.
 */
enum status cli_main(int argc, char *const *argv);

#endif
