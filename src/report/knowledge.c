/*
 * knowledge.c - what each side of a connection knows of both directions.
 */
#include "report/knowledge.h"

static enum fact
sends(enum side s)
{
	return s == CLIENT ? FACT_CLIENT_SENDS : FACT_SERVER_SENDS;
}

static enum fact
receives(enum side s)
{
	return s == CLIENT ? FACT_CLIENT_RECEIVES : FACT_SERVER_RECEIVES;
}

void
knowledge_init(struct knowledge *k, bool connected)
{
	*k = (struct knowledge){0};
	for (unsigned s = CLIENT; connected && s <= SERVER; s++)
		for (unsigned f = 0; f < FACT_COUNT; f++)
			k->belief[s][f] = BELIEF_YES;
}

/* Nothing known is forgotten, and what was proved stays proved. */
static void
learn(
    struct knowledge *k, enum side who, enum fact f, enum belief b, bool proved)
{
	if (k->belief[who][f] > b)
		return;
	if (k->belief[who][f] < b)
		k->unproved[who][f] = !proved;
	else if (proved)
		k->unproved[who][f] = false;
	k->belief[who][f] = b;
}

void
knowledge_open(struct knowledge *k, enum side from, bool acks, bool proved)
{
	enum side to = !from;

	learn(k, to, sends(from), BELIEF_YES, proved);
	learn(k, to, receives(to), BELIEF_YES, proved);
	if (!acks)
		return;
	learn(k, to, sends(to), BELIEF_YES, proved);
	learn(k, to, receives(from), BELIEF_YES, proved);
}

void
knowledge_fin(struct knowledge *k, enum side from, bool proved)
{
	enum side to = !from;

	learn(k, from, sends(from), BELIEF_ENDED, true);
	learn(k, to, sends(from), BELIEF_ENDED, proved);
	learn(k, to, receives(to), BELIEF_ENDED, proved);
}

void
knowledge_fin_acked(struct knowledge *k, enum side from, bool proved)
{
	/* who acknowledges the FIN has received it */
	knowledge_fin(k, !from, true);
	learn(k, !from, receives(from), BELIEF_ENDED, proved);
}
