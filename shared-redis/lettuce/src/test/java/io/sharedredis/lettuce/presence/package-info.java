/** Tests of presence across replicas. */
package io.sharedredis.lettuce.presence;
