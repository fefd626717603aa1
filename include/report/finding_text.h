/*
 * finding_text.h - a finding as one plain sentence, the same in every format.
 */
#ifndef TCPCONN_FINDING_TEXT_H
#define TCPCONN_FINDING_TEXT_H

#include "model/finding.h"
#include "report/text_buffer.h"

/* Add the sentence, without a full stop and without frames. */
void finding_say(struct text *t, const struct finding *g);

#endif
