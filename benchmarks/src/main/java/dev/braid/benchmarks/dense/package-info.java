/** Step time of the dense layer against the rate of one large product on the same machine. */
package dev.braid.benchmarks.dense;
