/**
 * What is published of models: how it is laid out in the topic, and how it is put together again.
 */
package dev.braid.jobs.publish;
