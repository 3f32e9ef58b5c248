/**
 * Where the elements of a key ring lie: the interface a store implements, and the forms that need
 * no server (memory, directory, a pair of stores that mirror each other).
 */
@NullMarked
package io.sharedredis.dataprotection.repository;

import org.jspecify.annotations.NullMarked;
