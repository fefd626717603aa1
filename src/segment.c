/*
 * segment.c - names of encapsulation layers.
 */
#include "segment.h"

#include <assert.h>
#include <stddef.h>

static const char *const encap_names[ENCAP_COUNT] = {
    [ENCAP_NONE] = NULL,
    [ENCAP_VLAN] = "vlan",
    [ENCAP_QINQ] = "qinq",
    [ENCAP_MPLS] = "mpls",
    [ENCAP_PPPOE] = "pppoe",
    [ENCAP_GRE] = "gre",
    [ENCAP_IPIP] = "ipip",
    [ENCAP_6IN4] = "6in4",
    [ENCAP_4IN6] = "4in6",
    [ENCAP_TEREDO] = "teredo",
    [ENCAP_VXLAN] = "vxlan",
    [ENCAP_GENEVE] = "geneve",
    [ENCAP_GTPU] = "gtp-u",
    [ENCAP_L2TP] = "l2tp",
    [ENCAP_AH] = "ah",
    [ENCAP_ERSPAN] = "erspan",
};

const char *
encap_name(enum encap e)
{
	assert(e < ENCAP_COUNT);
	return encap_names[e];
}
