#include <sstream>

#include <doctest/doctest.h>

#include <spdlog/sinks/ostream_sink.h>

#include <stint/log.hpp>

#include "tables.hpp"

using namespace tables;

namespace {

// Collects what the library logs while it lives.
class listener {
public:
    explicit listener(spdlog::level::level_enum level) {
        auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
        logger->set_level(level);
        logger->set_pattern("%l %v");
        stint::set_logger(logger);
    }
    ~listener() { stint::set_logger(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream              text_;
    std::shared_ptr<spdlog::logger> before_ = stint::logger();
};

}  // namespace

TEST_SUITE("core: log") {
    TEST_CASE_FIXTURE(books, "statements are logged at trace, without their values, and batches at debug, with them") {
        stint::write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        {
            listener heard{spdlog::level::debug};
            flush(batch);
            CHECK(heard.text() ==
                  "debug flush:\nupdate stocks [id=1 if version=3] quantity=40.80, version=next -> version\n");
        }
        {
            listener heard{spdlog::level::trace};
            selected(*db().lend(), {.table = "stocks", .columns = {id}, .where = {{name, {}, {text("secret")}}}});
            CHECK(heard.text() == "trace SELECT \"id\" FROM \"stocks\" WHERE \"name\" = :1\n");
        }
    }

    TEST_CASE("without a logger the library is silent") {
        auto const before = stint::logger();
        CHECK(before->level() == spdlog::level::warn);
        stint::set_logger(nullptr);
        CHECK(stint::logger() != nullptr);
        CHECK_FALSE(stint::logger()->should_log(spdlog::level::critical));
        stint::set_logger(before);
    }
}
