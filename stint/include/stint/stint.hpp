// What an application of Stint includes. A program that listens to a unit's events also includes events.hpp, one that
// hands in a logger log.hpp: they bring Boost.Signals2 and spdlog along. What authors of lock strategies, participants
// and engines need is in extension/.
#pragma once

#include <stint/check_tables.hpp>
#include <stint/conflict.hpp>
#include <stint/create_tables.hpp>
#include <stint/database.hpp>
#include <stint/decimal.hpp>
#include <stint/error.hpp>
#include <stint/id.hpp>
#include <stint/implicit_lock.hpp>
#include <stint/last_write_wins.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/lock_error.hpp>
#include <stint/lock_policy.hpp>
#include <stint/lock_table.hpp>
#include <stint/mapping.hpp>
#include <stint/optimistic_lock.hpp>
#include <stint/query.hpp>
#include <stint/run.hpp>
#include <stint/transaction.hpp>
#include <stint/unit_of_work.hpp>
