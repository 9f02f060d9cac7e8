/** Forms of the weights of an expert at rest. */
package dev.braid.experts.moe.rest;
