/*
 * filter.c - the expression of --filter, compiled through libpcap.
 */
#define _DEFAULT_SOURCE /* pcap.h uses u_int and its kin */
#include "input/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/decode.h"

/* What libpcap takes for a packet at most. */
#define PACKET_MAX 262144

struct compiled {
	int link_type;
	struct bpf_program program;
	struct compiled *next;
};

void
filter_init(struct filter *f, const char *text)
{
	*f = (struct filter){.text = text};
}

void
filter_fini(struct filter *f)
{
	struct compiled *c, *next;

	for (c = f->list; c != NULL; c = next) {
		next = c->next;
		pcap_freecode(&c->program);
		free(c);
	}
	f->list = NULL;
}

/* NULL with a reason in err. */
static struct compiled *
compile(const char *text, int link_type, char *err, size_t err_size)
{
	struct compiled *c = malloc(sizeof(*c));
	pcap_t *dead = pcap_open_dead(link_type, PACKET_MAX);

	if (c == NULL || dead == NULL) {
		snprintf(err, err_size, "out of memory");
	} else if (pcap_compile(
		       dead, &c->program, text, 1, PCAP_NETMASK_UNKNOWN) == 0) {
		c->link_type = link_type;
		pcap_close(dead);
		return c;
	} else {
		snprintf(err, err_size, "filter \"%s\": %s", text,
		    pcap_geterr(dead));
	}
	if (dead != NULL)
		pcap_close(dead);
	free(c);
	return NULL;
}

bool
filter_compile(struct filter *f, int link_type,
    const struct bpf_program **program, char *err, size_t err_size)
{
	struct compiled *c = f->list;

	*program = NULL;
	if (f->text == NULL || !decode_link_supported(link_type))
		return true;
	while (c != NULL && c->link_type != link_type)
		c = c->next;
	if (c == NULL) {
		c = compile(f->text, link_type, err, err_size);
		if (c == NULL)
			return false;
		c->next = f->list;
		f->list = c;
	}
	*program = &c->program;
	return true;
}
