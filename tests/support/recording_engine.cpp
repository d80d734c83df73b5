#include "recording_engine.hpp"

void recording_connection::select(stint::selection const& selection, stint::row_sink const& sink,
                                  stint::deadline until) {
    asked_.push_back("select from " + selection.table);
    if (behind_) behind_->select(selection, sink, until);
}

stint::flush_outcome recording_connection::flush(stint::write_batch const& batch, stint::deadline until) {
    asked_.push_back("flush " + to_string(batch));
    return behind_ ? behind_->flush(batch, until) : stint::flush_done{};
}

stint::flush_outcome recording_connection::flush_portably(stint::write_batch const& batch, stint::deadline until) {
    asked_.push_back("flush portably " + to_string(batch));
    return behind_ ? behind_->flush_portably(batch, until) : stint::flush_done{};
}

std::vector<stint::table_difference> recording_connection::compare(std::span<stint::table_definition const> tables,
                                                                   stint::deadline                          until) {
    asked_.emplace_back("compare tables");
    return behind_ ? behind_->compare(tables, until) : std::vector<stint::table_difference>{};
}

stint::value recording_connection::as_kept(stint::decimal const& number, int scale) const {
    return behind_ ? behind_->as_kept(number, scale) : stint::value{number};
}

std::vector<stint::unique_rule> recording_connection::unique_rules(std::span<std::string const> tables,
                                                                   stint::deadline              until) {
    asked_.emplace_back("ask for unique rules");
    return behind_ ? behind_->unique_rules(tables, until) : std::vector<stint::unique_rule>{};
}

void recording_connection::query(std::string_view sql, std::span<stint::value const> parameters,
                                 std::span<stint::column_type const> types, stint::row_sink const& sink,
                                 stint::deadline until) {
    asked_.emplace_back(sql);
    if (behind_) behind_->query(sql, parameters, types, sink, until);
}

std::uint64_t recording_connection::execute(std::string_view sql, std::span<stint::value const> parameters,
                                            stint::deadline until) {
    asked_.emplace_back(sql);
    return behind_ ? behind_->execute(sql, parameters, until) : 0;
}

void recording_connection::begin(stint::isolation level, stint::deadline until) {
    asked_.emplace_back("begin");
    if (behind_) behind_->begin(level, until);
}

void recording_connection::commit(stint::deadline until) {
    asked_.emplace_back("commit");
    if (behind_) behind_->commit(until);
}

void recording_connection::rollback() {
    asked_.emplace_back("rollback");
    if (behind_) behind_->rollback();
}

stint::counters recording_connection::counted() const noexcept {
    return behind_ ? behind_->counted() : stint::counters{};
}

bool recording_connection::is_clean() noexcept {
    return behind_ == nullptr || behind_->is_clean();
}

bool recording_connection::answers(stint::deadline until) noexcept {
    return behind_ == nullptr || behind_->answers(until);
}
