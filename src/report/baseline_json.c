/*
 * baseline_json.c - reads an earlier JSON report. It may be anybody's file:
 * its size and the number of its values are bounded before cJSON sees it.
 */
#include "report/baseline.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1e6
#define MS_MOST 9e12 /* 64 bits of nanoseconds hold it */
#define FIRST_ROOM 64

static bool
fail(char *err, size_t err_size, const char *path, const char *what)
{
	snprintf(err, err_size, "--baseline: %s: %s", path, what);
	return false;
}

/* --- the list ------------------------------------------------------------ */

struct baseline_conn *
baseline_add(struct baseline *b)
{
	if (b->n == b->room) {
		size_t room = b->room > 0 ? 2 * b->room : FIRST_ROOM;
		void *p = realloc(b->conn, room * sizeof(*b->conn));

		if (p == NULL)
			return NULL;
		b->conn = p;
		b->room = room;
	}
	memset(&b->conn[b->n], 0, sizeof(*b->conn));
	return &b->conn[b->n++];
}

void
baseline_fini(struct baseline *b)
{
	free(b->conn);
	*b = (struct baseline){0};
}

static int
compare_tuples(const struct baseline_conn *a, const struct baseline_conn *b)
{
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

int
baseline_compare(const struct baseline_conn *a, const struct baseline_conn *b)
{
	int order = compare_tuples(a, b);

	return order != 0 ? order : (a->nth > b->nth) - (a->nth < b->nth);
}

static int
compare_numbers(const void *a, const void *b)
{
	const struct baseline_conn *x = a, *y = b;
	int order = compare_tuples(x, y);

	return order != 0 ? order
			  : (x->number > y->number) - (x->number < y->number);
}

void
baseline_sort(struct baseline *b)
{
	if (b->n > 0)
		qsort(b->conn, b->n, sizeof(*b->conn), compare_numbers);
	for (size_t i = 0; i < b->n; i++)
		b->conn[i].nth =
		    i > 0 && compare_tuples(&b->conn[i - 1], &b->conn[i]) == 0
			? b->conn[i - 1].nth + 1
			: 1;
}

/* --- the file ------------------------------------------------------------ */

/* The bytes of the file, the caller's; NULL with a message. */
static char *
read_file(const char *path, size_t *n, char *err, size_t err_size)
{
	FILE *f = fopen(path, "rb");
	size_t room = 65536, got;
	char *text = NULL, *wider;

	if (f == NULL) {
		fail(err, err_size, path, strerror(errno));
		return NULL;
	}
	*n = 0;
	do {
		room *= 2;
		wider = realloc(text, room);
		if (wider == NULL)
			break;
		text = wider;
		got = fread(text + *n, 1, room - *n, f);
		*n += got;
	} while (got > 0 && *n == room && room < 2 * BASELINE_BYTES);
	if (wider == NULL)
		fail(err, err_size, path, "memory ran out");
	else if (ferror(f))
		fail(err, err_size, path, strerror(errno));
	else if (*n > BASELINE_BYTES)
		fail(err, err_size, path, "it is larger than 128 MiB");
	else
		wider = NULL, room = 0;
	fclose(f);
	if (room == 0)
		return text;
	free(text);
	return NULL;
}

/* Values of a document, about; each is 64 bytes and more to cJSON. */
static size_t
count_values(const char *text, size_t n)
{
	size_t values = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\')
			i++;
		else if (!quoted)
			values += strchr(",[{", text[i]) != NULL;
	}
	return values;
}

/* --- a connection -------------------------------------------------------- */

static const cJSON *
member(const cJSON *o, const char *a, const char *b)
{
	o = cJSON_GetObjectItemCaseSensitive(o, a);
	return b == NULL ? o : cJSON_GetObjectItemCaseSensitive(o, b);
}

static bool
take_count(const cJSON *item, double most, double *v)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    item->valuedouble > most)
		return false;
	*v = item->valuedouble;
	return true;
}

static const char *
outcome_at(int i)
{
	return outcome_name((enum outcome)i);
}

static const char *
close_at(int i)
{
	return close_name((enum close_outcome)i);
}

static const char *
verdict_at(int i)
{
	return verdict_name((enum verdict_id)i);
}

static int
find_name(const cJSON *item, int n, const char *(*name_at)(int i))
{
	for (int i = 0; cJSON_IsString(item) && i < n; i++)
		if (strcmp(item->valuestring, name_at(i)) == 0)
			return i;
	return -1;
}

static struct maybe
take_ms(const cJSON *item)
{
	double ms;

	if (!take_count(item, MS_MOST, &ms))
		return (struct maybe){0};
	return maybe_of((int64_t)(ms * NS_PER_MS + 0.5));
}

static bool
take_host(struct baseline_conn *c, const cJSON *conn, enum side side)
{
	const char *key = side_name(side);
	const cJSON *address = member(conn, key, "address");
	double port;

	if (!cJSON_IsString(address) ||
	    !take_count(member(conn, key, "port"), UINT16_MAX, &port))
		return false;
	c->key.port[side] = (uint16_t)port;
	return inet_pton(c->key.version == 6 ? AF_INET6 : AF_INET,
		   address->valuestring, c->key.addr[side]) == 1;
}

static bool
take_connection(struct baseline_conn *c, const cJSON *conn)
{
	const cJSON *kind;
	double v;

	if (!take_count(member(conn, "number", NULL), UINT32_MAX, &v))
		return false;
	c->number = (uint32_t)v;
	if (!take_count(member(conn, "ip_version", NULL), 6, &v))
		return false;
	c->key.version = (uint16_t)v;
	if (!take_host(c, conn, CLIENT) || !take_host(c, conn, SERVER))
		return false;
	c->outcome = find_name(
	    member(conn, "handshake", "outcome"), OUTCOME_COUNT, outcome_at);
	c->close =
	    find_name(member(conn, "teardown", "close"), CLOSE_COUNT, close_at);
	c->verdict =
	    find_name(member(conn, "verdict", "id"), VERDICT_COUNT, verdict_at);
	cJSON_ArrayForEach(kind, member(conn, "event_counts", NULL))
	{
		enum anomaly_kind id;

		if (kind->string != NULL && anomaly_find(kind->string, &id))
			c->kinds[id] = true;
	}
	c->timing[TIMING_CONNECT] =
	    take_ms(member(conn, "handshake", "connect_time_ms"));
	c->timing[TIMING_FIRST_BYTE] =
	    take_ms(member(conn, "handshake", "ttfb_ms"));
	c->timing[TIMING_TEARDOWN] =
	    take_ms(member(conn, "teardown", "total_ms"));
	c->timing[TIMING_DURATION] = take_ms(member(conn, "duration_ms", NULL));
	return true;
}

static const char *
take_report(struct baseline *b, const cJSON *root)
{
	const cJSON *schema = member(root, "schema", NULL), *conn;
	const cJSON *list = member(root, "connections", NULL);

	if (!cJSON_IsString(schema) ||
	    strcmp(schema->valuestring, "tcpconn-analyze/1") != 0 ||
	    !cJSON_IsArray(list))
		return "it is no report of --format=json";
	cJSON_ArrayForEach(conn, list)
	{
		struct baseline_conn *c = baseline_add(b);

		if (c == NULL)
			return "memory ran out";
		if (!take_connection(c, conn))
			return "a connection in it lacks number, address or "
			       "port";
	}
	baseline_sort(b);
	return NULL;
}

bool
baseline_load(struct baseline *b, const char *path, char *err, size_t err_size)
{
	const char *fault = "it holds more values than are compared";
	size_t n;
	char *text;
	cJSON *root;

	*b = (struct baseline){0};
	text = read_file(path, &n, err, err_size);
	if (text == NULL)
		return false;
	if (count_values(text, n) <= BASELINE_VALUES) {
		root = cJSON_ParseWithLength(text, n);
		fault = root == NULL ? "it is no JSON" : take_report(b, root);
		cJSON_Delete(root);
	}
	free(text);
	if (fault == NULL)
		return true;
	baseline_fini(b);
	return fail(err, err_size, path, fault);
}
