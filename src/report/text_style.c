/*
 * text_style.c - colours and symbols.
 */
#include "report/text_style.h"

#include <assert.h>

static const char *const sequences[STYLE_COUNT] = {
    [STYLE_PLAIN] = "",
    [STYLE_HEAD] = "\033[1m",
    [STYLE_DIM] = "\033[2m",
    [STYLE_OK] = "\033[32m",
    [STYLE_WARN] = "\033[33m",
    [STYLE_ERROR] = "\033[31m",
};

/* ASCII and UTF-8. */
static const char *const symbols[SYMBOL_COUNT][2] = {
    [SYMBOL_ARROW] = {"->", "\xe2\x86\x92"},
    [SYMBOL_ELLIPSIS] = {"...", "\xe2\x80\xa6"},
    [SYMBOL_YES] = {"yes", "\xe2\x9c\x93"},
    [SYMBOL_NOTHING] = {"-", "\xc2\xb7"},
    [SYMBOL_RULE] = {"-", "\xe2\x94\x80"},
    [SYMBOL_LEFT] = {"<", "\xe2\x86\x90"},
    [SYMBOL_RIGHT] = {">", "\xe2\x86\x92"},
    [SYMBOL_LOST] = {"x", "\xe2\x9c\x97"},
    [SYMBOL_FOLD] = {":", "\xe2\x8b\xae"},
};

enum style
style_of_severity(enum severity s)
{
	static const enum style styles[SEVERITY_COUNT] = {
	    [SEVERITY_INFO] = STYLE_DIM,
	    [SEVERITY_NOTE] = STYLE_PLAIN,
	    [SEVERITY_WARN] = STYLE_WARN,
	    [SEVERITY_ERROR] = STYLE_ERROR,
	};

	assert(s < SEVERITY_COUNT);
	return styles[s];
}

const char *
style_on(bool color, enum style s)
{
	return color ? sequences[s] : "";
}

const char *
style_off(bool color, enum style s)
{
	return color && s != STYLE_PLAIN ? "\033[0m" : "";
}

const char *
symbol_text(bool utf8, enum symbol s)
{
	return symbols[s][utf8];
}
