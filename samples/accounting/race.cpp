#include "race.hpp"

#include <stint/run.hpp>

#include "process_document.hpp"
#include "refusal.hpp"

namespace accounting {

namespace {

constexpr document_id first{1};
constexpr document_id second{2};

void check_books(stint::database& db) {
    stint::unit_of_work work{db};
    auto const          one = work.try_get(first);
    auto const          two = work.try_get(second);
    if (!one || !two || (*one)->processed || (*two)->processed || (*one)->stock != (*two)->stock)
        throw not_ready_for_race();
}

class course {
public:
    course(stint::database& db, race_options const& options, narrator::listener tell)
        : db_(db), lock_(options.lock), narrator_(std::move(tell)) {}

    /// B reads the stock before A has written it.
    void two_documents() {
        stint::unit_of_work a{db_, unit_with(lock_)};
        narrator_.follow(a, "clerk A");
        auto const document_a = open_document(a, first);
        auto const stock_a = a.get(document_a->stock);

        play_b([&](stint::unit_of_work& b) {
            auto const document_b = open_document(b, second);
            auto const stock_b = b.get(document_b->stock);
            if (is_first_try()) finish(a, document_a, stock_a);
            take_off(document_b, stock_b);
        });
    }

    /// B checks the document before A has processed it, and reads the stock after A has written it.
    void same_document() {
        stint::unit_of_work a{db_, unit_with(lock_)};
        narrator_.follow(a, "clerk A");
        auto const document_a = open_document(a, first);

        play_b([&](stint::unit_of_work& b) {
            auto const document_b = open_document(b, first);
            if (is_first_try()) finish(a, document_a, a.get(document_a->stock));
            take_off(document_b, b.get(document_b->stock));
        });
    }

    race_result result() const { return {narrator_.steps(), narrator_.conflicts(), retries_, audit(db_)}; }

private:
    template <class Work>
    void play_b(Work work) {
        stint::run_options options{.unit = unit_with(lock_)};
        options.before_retry = [&](stint::error const&, std::size_t) { ++retries_; };
        try {
            stint::run(
                db_,
                [&](stint::unit_of_work& b) {
                    narrator_.follow(b, "clerk B");
                    work(b);
                },
                options);
        } catch (refusal const& no) {
            narrator_.tell({"clerk B", "refused", std::string("gives up: ") + no.what()});
        }
    }

    static void finish(stint::unit_of_work& a, stint::tracked<document> document, stint::tracked<stock> stock) {
        take_off(document, stock);
        a.commit();
    }

    bool is_first_try() const noexcept { return retries_ == 0; }

    stint::database& db_;
    lock_choice      lock_;
    narrator         narrator_;
    std::size_t      retries_ = 0;
};

}  // namespace

race_result race(stint::database& db, race_options const& options, narrator::listener tell) {
    check_books(db);
    course course{db, options, std::move(tell)};
    if (options.same_document) {
        course.same_document();
    } else {
        course.two_documents();
    }
    return course.result();
}

}  // namespace accounting
