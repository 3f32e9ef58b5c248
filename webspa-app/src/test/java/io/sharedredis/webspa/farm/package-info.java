/** What tests of the shop stand on: real servers, replicas, a stub of the identity provider. */
package io.sharedredis.webspa.farm;
