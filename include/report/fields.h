/*
 * fields.h - the plain fields of the report model as tables: key, place, form.
 *
 * Formats that write keys and values (JSON, and whatever else lists fields)
 * take both from here, so that a field has one name and one meaning in all.
 */
#ifndef TCPCONN_FIELDS_H
#define TCPCONN_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "report/notation.h"

/* What stands at the place, and how it is written. */
enum field_form {
	FORM_U16,
	FORM_U32,
	FORM_U64,
	FORM_I64,
	FORM_FRAME,       /* uint64_t; 0 is unknown */
	FORM_BOOL,        /* bool */
	FORM_NAME,        /* const char *; NULL is unknown */
	FORM_MAYBE,       /* struct maybe, integer */
	FORM_MAYBE_BOOL,  /* struct maybe, 0 or 1 */
	FORM_MAYBE_MS,    /* struct maybe in ns, written in ms */
	FORM_MAYBE_SHARE, /* struct maybe in ppm, written as a fraction */
};

struct field {
	const char *key; /* NULL ends a table */
	size_t offset;   /* in the struct that the table is about */
	enum field_form form;
};

extern const struct field conn_fields[];       /* struct conn_report */
extern const struct field handshake_fields[];  /* struct handshake_report */
extern const struct field teardown_fields[];   /* struct teardown_report */
extern const struct field step_fields[];       /* struct step */
extern const struct field time_wait_fields[];  /* struct time_wait */
extern const struct field transition_fields[]; /* struct transition */
extern const struct field side_fields[];       /* struct side_report */
extern const struct field window_fields[];     /* struct side_report */
extern const struct field loss_fields[];       /* struct side_report */
extern const struct field rtt_fields[];        /* struct rtt_report */
extern const struct field talker_fields[];     /* struct talker */
extern const struct field capture_fields[];    /* struct capture_info */
extern const struct field capture_totals[];    /* struct capture_info */
extern const struct field packets_fields[];    /* struct packet_counts */

/*
 * The value of f in record: a number, true, false, or a word for FORM_NAME;
 * NULL when unknown. It stands in buf or is static.
 */
const char *
field_text(const struct field *f, const void *record, char buf[NOTATION_MAX]);

#endif
