/** What {@code benchmarks/gpu/check.sh} runs on a CUDA device. */
package dev.braid.benchmarks.gpu;
