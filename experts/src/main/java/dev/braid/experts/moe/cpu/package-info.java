/** A layer's steps on the CPU, in plain Java or with OpenBLAS. */
package dev.braid.experts.moe.cpu;
