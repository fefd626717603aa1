/*
 * text_page.c - paragraphs that wrap.
 */
#include "report/text_page.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* A narrow rest of a line is not used for wrapped text. */
#define ROOM_MIN 20

void
page_init(struct page *p, FILE *out, const struct report_options *o)
{
	*p = (struct page){.out = out,
	    .color = o->color,
	    .utf8 = o->utf8,
	    .nanoseconds = o->nanoseconds};
	p->width = o->width == 0 ? PAGE_WIDTH : o->width;
	if (p->width < PAGE_WIDTH_MIN)
		p->width = PAGE_WIDTH_MIN;
	text_init(&p->line);
}

void
page_fini(struct page *p)
{
	text_fini(&p->line);
}

const char *
page_symbol(const struct page *p, enum symbol s)
{
	return symbol_text(p->utf8, s);
}

void
page_say(struct page *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vaddf(&p->line, format, args);
	va_end(args);
}

void
page_say_foreign(struct page *p, const char *s)
{
	text_escape(&p->line, s);
}

void
page_say_frame(struct page *p, uint64_t frame_no)
{
	uint64_t number;
	unsigned file_no;

	page_say(p, "%" PRIu64, frame_no);
	if (p->origins == NULL ||
	    !origins_find(p->origins, frame_no, &file_no, &number))
		return;
	page_say(p, " (");
	page_say_foreign(p, p->inputs[file_no]->path);
	page_say(p, ":%" PRIu64 ")", number);
}

void
page_put(struct page *p, const char *s, size_t n, enum style style)
{
	if (n == 0)
		return;
	fprintf(p->out, "%s%.*s%s", style_on(p->color, style), (int)n, s,
	    style_off(p->color, style));
}

void
page_spaces(struct page *p, size_t n)
{
	fprintf(p->out, "%*s", (int)n, "");
}

void
page_newline(struct page *p)
{
	fputc('\n', p->out);
}

/* Whether the word that starts at s is the unit of the number before it. */
static bool
is_unit(const char *s)
{
	static const char *const units[] = {"ns", "ms", "s", "min", "h", "d",
	    "B", "kB", "MB", "GB", "bit/s", "kbit/s", "Mbit/s", "Gbit/s",
	    "byte", "bytes", "UTC"};
	size_t n = strcspn(s, " ,;.:)]");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i]) == n && memcmp(units[i], s, n) == 0)
			return true;
	return false;
}

/* Whether the text before s[i] ends with word. */
static bool
ends_with(const char *s, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i >= n && memcmp(s + i - n, word, n) == 0;
}

/* Numbers stay with their units, and "frame" with its number. */
static bool
may_break(const char *s, size_t i)
{
	bool number_follows = isdigit((unsigned char)s[i + 1]) != 0;

	if (s[i] != ' ')
		return false;
	if (i > 0 && isdigit((unsigned char)s[i - 1]) && is_unit(s + i + 1))
		return false;
	if (number_follows &&
	    (ends_with(s, i, "frame") || ends_with(s, i, "frames") ||
		ends_with(s, i, " to") || ends_with(s, i, " min") ||
		ends_with(s, i, " h") || ends_with(s, i, "R")))
		return false;
	return true;
}

/* Bytes of s that go on a line of so many columns. */
static size_t
line_of(const char *s, size_t columns)
{
	size_t fit = text_fit(s, columns), n;

	if (s[fit] == '\0')
		return fit;
	for (n = fit + 1; n > 1; n--)
		if (may_break(s, n - 1))
			return n - 1;
	/* a word wider than the line stays whole */
	for (n = fit; s[n] != '\0' && !may_break(s, n);)
		n++;
	return n;
}

void
page_wrap(
    struct page *p, const char *s, unsigned at, unsigned rest, enum style style)
{
	for (;;) {
		size_t room = p->width > at ? p->width - at : 0;
		size_t n;

		n = line_of(s, room < ROOM_MIN ? ROOM_MIN : room);
		page_put(p, s, n, style);
		page_newline(p);
		s += n;
		while (*s == ' ')
			s++;
		if (*s == '\0')
			return;
		at = rest;
		page_spaces(p, rest);
	}
}

static void
page_clear(struct page *p)
{
	p->failed |= p->line.failed;
	text_clear(&p->line);
}

void
page_end(struct page *p, unsigned indent, unsigned rest, enum style style)
{
	page_spaces(p, indent);
	page_wrap(p, text_get(&p->line), indent, rest, style);
	page_clear(p);
}

void
page_end_labelled(struct page *p, unsigned indent, const char *label,
    unsigned at, enum style style)
{
	size_t end = indent + text_columns(label);

	page_spaces(p, indent);
	page_put(p, label, strlen(label), STYLE_DIM);
	page_spaces(p, end < at ? at - end : 1);
	page_wrap(p, text_get(&p->line), end < at ? at : (unsigned)end + 1, at,
	    style);
	page_clear(p);
}

void
page_rule(struct page *p, const char *heading)
{
	const char *rule = page_symbol(p, SYMBOL_RULE);
	size_t used = text_columns(heading) + 1;

	page_put(p, heading, strlen(heading), STYLE_HEAD);
	if (used < p->width)
		page_spaces(p, 1);
	for (size_t i = used; i < p->width; i++)
		page_put(p, rule, strlen(rule), STYLE_PLAIN);
	page_newline(p);
}
