// The examples of the sample's headers, compiled; see header_examples.cpp.

#include <poll.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <stint/stint.hpp>

#include "audit.hpp"
#include "books.hpp"
#include "clerk.hpp"
#include "desk/text_table.hpp"
#include "lists.hpp"
#include "opening_books.hpp"
#include "process_document.hpp"
#include "refusal.hpp"
#include "rush/clerk_in_front.hpp"
#include "rush/document_task.hpp"
#include "rush/narrator.hpp"
#include "rush/pipe.hpp"
#include "rush/stop_request.hpp"
#include "rush/worker_process.hpp"
#include "versions_only.hpp"
#include "work_terms.hpp"

using namespace std::chrono_literals;

namespace {

using namespace accounting;

void with_audit(stint::database& db) {
#include "audit.inc"
}

void with_clerk(stint::database& db) {
#include "clerk.inc"
}

void with_clerk_in_front(stint::unit_of_work& a, stint::tracked<document> document, stint::tracked<stock> stock,
                         stint::lock_table& locks, std::function<void(stint::held_lock const&)> const& tell) {
#include "clerk_in_front.inc"
}

void with_document_task(stint::database& db, stint::unit_options const& unit, document_id key, in_tray const& tray) {
#include "document_task.inc"
}

void with_lists(stint::database& db) {
#include "lists.inc"
}

void with_narrator(stint::unit_of_work& work) {
#include "narrator.inc"
}

void with_opening_books(stint::database& db) {
#include "opening_books.inc"
}

void with_pipe() {
#include "pipe.inc"
}

void with_process_document(stint::database& db) {
#include "process_document.inc"
}

void order(stock_id, stint::decimal const&) {}

void with_refusal() {
    try {
    }
#include "refusal.inc"
}

void with_stop_request() {
#include "stop_request.inc"
}

void with_text_table() {
#include "text_table.inc"
}

void with_versions_only(stint::database& db) {
#include "versions_only.inc"
}

void with_work_terms(stint::database& db) {
#include "work_terms.inc"
}

void with_worker_process(std::vector<document_id> const& documents, std::vector<worker_report>& reports) {
#include "worker_process.inc"
}

}  // namespace
