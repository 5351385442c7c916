unsigned char checksum(const char *sentence);
