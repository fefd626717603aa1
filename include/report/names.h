/*
 * names.h - what the ids of a report mean: --explain-kind.
 *
 * An id may name several things ("reset-by-client" is an outcome, a close and
 * a verdict); all of them are said.
 */
#ifndef TCPCONN_NAMES_H
#define TCPCONN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/finding.h"
#include "model/report.h"

/* One or two sentences; static. */
const char *outcome_meaning(enum outcome o);
const char *close_meaning(enum close_outcome c);
const char *verdict_meaning(enum verdict_id v);

/* Say what name means; false when nothing has that name (nothing written). */
bool names_explain(FILE *out, const char *name);

/* List all ids, one a line, with what they are. */
void names_list(FILE *out);

/* The id that given most probably meant, or NULL. */
const char *names_similar(const char *given);

/*
 * Of the n names that name() gives (NULL is skipped) the one that given most
 * probably meant, or NULL when none is close.
 */
const char *
names_nearest(const char *given, const char *(*name)(size_t i), size_t n);

#endif
