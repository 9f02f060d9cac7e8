/** A layer's steps on a device, whatever that is. */
package dev.braid.experts.moe.device;
