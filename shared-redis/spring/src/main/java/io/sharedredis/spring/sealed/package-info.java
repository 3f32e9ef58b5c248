/**
 * Values that leave the application sealed and come back opened: identifiers in addresses, fields
 * of forms and of JSON.
 */
@NullMarked
package io.sharedredis.spring.sealed;

import org.jspecify.annotations.NullMarked;
