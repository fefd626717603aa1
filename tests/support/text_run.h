/*
 * text_run.h - the text report as a string, and what it should be.
 */
#ifndef TCPCONN_TEXT_RUN_H
#define TCPCONN_TEXT_RUN_H

#include "input/reader.h"
#include "model/report.h"
#include "model/selection.h"
#include "model/summary.h"

/* The input around the connections: up to TEXT_INPUTS captures, no packets left
 * out. */
#define TEXT_INPUTS 2

struct text_input {
	struct capture_info info[TEXT_INPUTS];
	size_t n;
	struct packet_counts packets;
	/* Files that the frames come from, in turn; 0: nothing is noted. */
	unsigned frames_n;
	unsigned char file_of[32];
};

struct text_input text_input(void);

/*
 * Run the text report over the n reports, which it takes, and return what it
 * wrote, to be freed by the caller.
 */
char *text_run(const struct text_input *in, const struct report_options *o,
    struct conn_report **reports, size_t n);

/* ASCII, no colour, this many columns. */
struct report_options text_options(unsigned width);

/*
 * Compare got, which is freed, with the file tests/text/NAME.txt. With
 * UPDATE_EXPECTED in the environment the file is written first.
 */
void text_expect(const char *name, char *got);

#endif
