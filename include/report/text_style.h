/*
 * text_style.h - colours of a terminal and symbols beyond ASCII, with what
 * stands for them where they are not welcome.
 */
#ifndef TCPCONN_TEXT_STYLE_H
#define TCPCONN_TEXT_STYLE_H

#include <stdbool.h>
#include <stdio.h>

#include "words/anomaly.h"

enum style {
	STYLE_PLAIN,
	STYLE_HEAD,
	STYLE_DIM,
	STYLE_OK,
	STYLE_WARN,
	STYLE_ERROR,
	STYLE_COUNT
};

/* Error red, warn yellow, note plain, info dim. */
enum style style_of_severity(enum severity s);

/* Escape sequences around text, "" when color is false. */
const char *style_on(bool color, enum style s);
const char *style_off(bool color, enum style s);

enum symbol {
	SYMBOL_ARROW,
	SYMBOL_ELLIPSIS,
	SYMBOL_YES,
	SYMBOL_NOTHING,
	SYMBOL_RULE,
	SYMBOL_LEFT,
	SYMBOL_RIGHT,
	SYMBOL_LOST,
	SYMBOL_FOLD,
	SYMBOL_COUNT
};

const char *symbol_text(bool utf8, enum symbol s);

#endif
