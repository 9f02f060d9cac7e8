/** Type serializers and the working set of hot models over keyed RocksDB state. */
package dev.braid.state.keyed;
