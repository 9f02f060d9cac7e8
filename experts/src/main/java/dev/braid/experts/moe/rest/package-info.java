/**
 * Forms of the weights of an expert at rest, and forecasts of the experts that are asked next. A
 * new one is a record with its word, and one entry in {@link dev.braid.experts.moe.rest.Codecs} or
 * {@link dev.braid.experts.moe.rest.Forecasts}.
 */
package dev.braid.experts.moe.rest;
