/*
 * names.c - what the ids of a report mean.
 */
#include "report/names.h"

#include <string.h>

#include "report/wrap.h"

#define INDENT 2
#define VALUE_COLUMN 14
#define NAME_MAX_LEN 64

static const char *const outcome_meanings[OUTCOME_COUNT] = {
#define OUTCOME_MEANING(id, text) [OUTCOME_##id] = text,
#define CLOSE_MEANING(id, text)
#define VERDICT_MEANING(id, text)
#include "report/meaning.def"
#undef OUTCOME_MEANING
#undef CLOSE_MEANING
#undef VERDICT_MEANING
};

static const char *const close_meanings[CLOSE_COUNT] = {
#define OUTCOME_MEANING(id, text)
#define CLOSE_MEANING(id, text) [CLOSE_##id] = text,
#define VERDICT_MEANING(id, text)
#include "report/meaning.def"
#undef OUTCOME_MEANING
#undef CLOSE_MEANING
#undef VERDICT_MEANING
};

static const char *const verdict_meanings[VERDICT_COUNT] = {
#define OUTCOME_MEANING(id, text)
#define CLOSE_MEANING(id, text)
#define VERDICT_MEANING(id, text) [VERDICT_##id] = text,
#include "report/meaning.def"
#undef OUTCOME_MEANING
#undef CLOSE_MEANING
#undef VERDICT_MEANING
};

enum named {
	NAMED_EVENT,
	NAMED_VERDICT,
	NAMED_OUTCOME,
	NAMED_CLOSE,
	NAMED_FINDING,
};

static const struct advice {
	enum named what;
	unsigned id;
	const char *hazards;
	const char *next;
} advice[] = {
#define EVENT_ADVICE(id, h, n) {NAMED_EVENT, ANOMALY_##id, h, n},
#include "report/advice_event.def"
#undef EVENT_ADVICE
#define VERDICT_ADVICE(id, h, n) {NAMED_VERDICT, VERDICT_##id, h, n},
#define OUTCOME_ADVICE(id, h, n) {NAMED_OUTCOME, OUTCOME_##id, h, n},
#define CLOSE_ADVICE(id, h, n) {NAMED_CLOSE, CLOSE_##id, h, n},
#define FINDING_ADVICE(id, h, n) {NAMED_FINDING, FINDING_##id, h, n},
#include "report/advice_result.def"
#undef VERDICT_ADVICE
#undef OUTCOME_ADVICE
#undef CLOSE_ADVICE
#undef FINDING_ADVICE
};

const char *
outcome_meaning(enum outcome o)
{
	return outcome_meanings[o];
}

const char *
close_meaning(enum close_outcome c)
{
	return close_meanings[c];
}

const char *
verdict_meaning(enum verdict_id v)
{
	return verdict_meanings[v];
}

static void
write_head(FILE *out, const char *name, const char *what, const char *text)
{
	fprintf(out, "%s (%s)\n%*s", name, what, INDENT, "");
	wrap_write(out, text, INDENT, INDENT);
}

static void
write_row(FILE *out, const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(out, "%*s%-*s", INDENT, "", VALUE_COLUMN - INDENT, label);
	wrap_write(out, value, VALUE_COLUMN, VALUE_COLUMN);
}

static void
write_advice(FILE *out, enum named what, unsigned id)
{
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (advice[i].what == what && advice[i].id == id) {
			write_row(out, "hazards", advice[i].hazards);
			write_row(out, "next", advice[i].next);
		}
}

static void
explain_event(FILE *out, const struct anomaly *a)
{
	write_head(out, a->name, "event", a->text);
	write_row(out, "severity", severity_name(a->severity));
	write_row(out, "blame", blame_name(a->blame));
	write_row(out, "rule", a->rule);
	write_row(out, "RFC", a->rfc);
	write_advice(out, NAMED_EVENT, (unsigned)(a - anomaly_table));
}

static void
explain_verdict(FILE *out, enum verdict_id v)
{
	write_head(out, verdict_name(v), "verdict", verdict_meaning(v));
	write_row(out, "severity", severity_name(verdict_severity(v)));
	write_row(out, "rule", verdict_rule(v));
	write_advice(out, NAMED_VERDICT, v);
}

static void
separate(FILE *out, unsigned *found)
{
	if ((*found)++ > 0)
		fputc('\n', out);
}

bool
names_explain(FILE *out, const char *name)
{
	unsigned found = 0;

	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (strcmp(anomaly_table[i].name, name) == 0) {
			separate(out, &found);
			explain_event(out, &anomaly_table[i]);
		}
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		if (strcmp(verdict_name(i), name) == 0) {
			separate(out, &found);
			explain_verdict(out, i);
		}
	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		if (strcmp(outcome_name(i), name) == 0) {
			separate(out, &found);
			write_head(out, name, "outcome of the handshake",
			    outcome_meaning(i));
			write_advice(out, NAMED_OUTCOME, i);
		}
	for (unsigned i = 0; i < CLOSE_COUNT; i++)
		if (strcmp(close_name(i), name) == 0) {
			separate(out, &found);
			write_head(out, name, "close", close_meaning(i));
			write_advice(out, NAMED_CLOSE, i);
		}
	for (unsigned i = 0; i < FINDING_COUNT; i++)
		if (strcmp(finding_name(i), name) == 0) {
			separate(out, &found);
			write_head(out, name, "finding in several connections",
			    finding_meaning(i));
			write_advice(out, NAMED_FINDING, i);
		}
	return found > 0;
}

void
names_list(FILE *out)
{
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		fprintf(out, "%-30s event, %s\n", anomaly_table[i].name,
		    severity_name(anomaly_table[i].severity));
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		fprintf(out, "%-30s verdict, %s\n", verdict_name(i),
		    severity_name(verdict_severity(i)));
	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		fprintf(out, "%-30s outcome\n", outcome_name(i));
	for (unsigned i = 0; i < CLOSE_COUNT; i++)
		fprintf(out, "%-30s close\n", close_name(i));
	for (unsigned i = 0; i < FINDING_COUNT; i++)
		fprintf(out, "%-30s finding\n", finding_name(i));
}

static size_t
smallest(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Edit distance: insertions, deletions and replacements from a to b. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t replaced = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
		}
	}
	return row[n];
}

const char *
names_nearest(const char *given, const char *(*name)(size_t i), size_t n)
{
	const char *best = NULL;
	size_t length = strlen(given), least = length < 6 ? 1 : length / 3;

	if (length > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *candidate = name(i);
		size_t d;

		if (candidate == NULL || strlen(candidate) > NAME_MAX_LEN)
			continue;
		d = distance(given, candidate);
		if (d <= least && (best == NULL || d < least)) {
			best = candidate;
			least = d;
		}
	}
	return best;
}

static const char *
id_name(size_t i)
{
	if (i < ANOMALY_COUNT)
		return anomaly_table[i].name;
	i -= ANOMALY_COUNT;
	if (i < VERDICT_COUNT)
		return verdict_name((enum verdict_id)i);
	i -= VERDICT_COUNT;
	if (i < OUTCOME_COUNT)
		return outcome_name((enum outcome)i);
	i -= OUTCOME_COUNT;
	if (i < CLOSE_COUNT)
		return close_name((enum close_outcome)i);
	return finding_name((enum finding_id)(i - CLOSE_COUNT));
}

const char *
names_similar(const char *given)
{
	return names_nearest(given, id_name,
	    (size_t)ANOMALY_COUNT + VERDICT_COUNT + OUTCOME_COUNT +
		CLOSE_COUNT + FINDING_COUNT);
}
