/*
 * floor - read a capture with libpcap and do nothing with it: what any
 * program on libpcap pays. The yardstick of the benchmark.
 *
 * usage: floor CAPTURE
 */
#define _DEFAULT_SOURCE /* <pcap.h> wants u_int */
#include <pcap.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *pcap;
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: floor CAPTURE\n");
		return 2;
	}
	pcap = pcap_open_offline(argv[1], error);
	if (pcap == NULL) {
		fprintf(stderr, "floor: %s\n", error);
		return 2;
	}
	do
		status = pcap_next_ex(pcap, &header, &data);
	while (status == 1);
	if (status == PCAP_ERROR)
		pcap_perror(pcap, "floor");
	pcap_close(pcap);
	return status == PCAP_ERROR_BREAK ? 0 : 1;
}
