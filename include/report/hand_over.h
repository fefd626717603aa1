/*
 * hand_over.h - how other tools name a connection: Community ID, a display
 * filter of Wireshark, a pcap-filter(7) expression.
 *
 * What is returned stands in buf.
 */
#ifndef TCPCONN_HAND_OVER_H
#define TCPCONN_HAND_OVER_H

#include "model/report.h"

#define COMMUNITY_ID_MAX 32
#define HAND_OVER_MAX 384

/*
 * Community ID v1 with seed 0, as Zeek, Suricata, Arkime and Wireshark make it
 * of the 4-tuple: both directions and all uses of a tuple have the same.
 */
const char *
hand_over_community_id(char buf[COMMUNITY_ID_MAX], const struct conn_report *r);

/*
 * A display filter for the packets of the tuple, in tunnels too. An address or
 * port may match in any layer, so that it can take in an outer header's.
 */
const char *
hand_over_wireshark(char buf[HAND_OVER_MAX], const struct conn_report *r);

/*
 * The same for tcpdump. NULL where such an expression cannot reach the
 * addresses (tunnels, label stacks): no filter is better than one that never
 * matches. It sees no TCP behind IPv6 extension headers and in fragments after
 * the first.
 */
const char *
hand_over_pcap(char buf[HAND_OVER_MAX], const struct conn_report *r);

#endif
