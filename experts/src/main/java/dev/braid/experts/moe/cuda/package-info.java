/** The device that CUDA gives. */
package dev.braid.experts.moe.cuda;
