/**
 * Data protection: a key ring that rotates itself, under a purpose-based {@code protect} and {@code
 * unprotect} API whose payloads and key elements are those of ASP.NET Core Data Protection.
 */
@NullMarked
package io.sharedredis.dataprotection;

import org.jspecify.annotations.NullMarked;
