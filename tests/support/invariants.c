/*
 * invariants.c - what holds for the report of any input.
 */
#include "support/invariants.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the character at p, 0 if it is none of RFC 3629. */
static size_t
character(const uint8_t *p, size_t left)
{
	static const struct {
		uint8_t mask, lead;
		size_t n;
		uint32_t least;
	} forms[] = {
	    {0x80, 0x00, 1, 0},
	    {0xe0, 0xc0, 2, 0x80},
	    {0xf0, 0xe0, 3, 0x800},
	    {0xf8, 0xf0, 4, 0x10000},
	};

	for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
		uint32_t v = p[0] & (uint8_t)~forms[f].mask;

		if ((p[0] & forms[f].mask) != forms[f].lead)
			continue;
		if (left < forms[f].n)
			return 0;
		for (size_t i = 1; i < forms[f].n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			v = v << 6 | (p[i] & 0x3f);
		}
		if (v < forms[f].least || v > 0x10ffff ||
		    (v >= 0xd800 && v < 0xe000))
			return 0;
		/* C1 controls act on terminals like C0 controls */
		return v >= 0x80 && v < 0xa0 ? 0 : forms[f].n;
	}
	return 0;
}

/* Bytes of the colour sequence at p (ESC [ digits ; m), or 0. */
static size_t
colour(const uint8_t *p, size_t left)
{
	size_t i = 2;

	if (left < 3 || p[0] != 0x1b || p[1] != '[')
		return 0;
	while (i < left && ((p[i] >= '0' && p[i] <= '9') || p[i] == ';'))
		i++;
	return i < left && p[i] == 'm' ? i + 1 : 0;
}

const char *
text_wrong(const char *text, size_t n)
{
	const uint8_t *p = (const uint8_t *)text;

	while (n > 0) {
		size_t step = colour(p, n);

		if (n > 1 && p[0] == '\r' && p[1] == '\n')
			step = 2;
		if (step == 0 && (*p < 0x20 || *p == 0x7f) && *p != '\n')
			return "a control character";
		if (step == 0)
			step = character(p, n);
		if (step == 0)
			return "not UTF-8, or a control character in it";
		p += step;
		n -= step;
	}
	return NULL;
}

static double
number_at(const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNumber(v) ? v->valuedouble : -1;
}

static const char *
sums_wrong(const cJSON *root)
{
	const cJSON *packets = cJSON_GetObjectItem(root, "packets");
	const cJSON *summary = cJSON_GetObjectItem(root, "summary");
	const cJSON *list = cJSON_GetObjectItem(packets, "not_analysed"), *row;
	double sum = number_at(packets, "analysed");

	if (!cJSON_IsArray(list) || sum < 0)
		return "no counts of packets";
	cJSON_ArrayForEach(row, list) sum += number_at(row, "packets");
	if (sum != number_at(packets, "total"))
		return "the counts of packets do not add up";
	list = cJSON_GetObjectItem(root, "connections");
	if (cJSON_GetArraySize(list) > number_at(summary, "connections"))
		return "more connections than the summary says";
	return NULL;
}

const char *
json_wrong(const char *text)
{
	const char *wrong = text_wrong(text, strlen(text));
	cJSON *root;

	if (wrong != NULL || strchr(text, '\x1b') != NULL)
		return wrong != NULL ? wrong : "a colour";
	root = cJSON_ParseWithOpts(text, NULL, true);
	if (root == NULL)
		return "not JSON";
	wrong = sums_wrong(root);
	cJSON_Delete(root);
	return wrong;
}
