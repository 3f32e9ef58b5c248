/** PostgreSQL at start: wait for it, bring its schema up to date, then say so. */
@NullMarked
package io.sharedredis.webspa.database;

import org.jspecify.annotations.NullMarked;
